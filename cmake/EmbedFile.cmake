# Script of vigil_embed: SOURCE as a raw string literal in OUTPUT.
file(READ ${SOURCE} text)
file(WRITE ${OUTPUT} "R\"__EMBED__(${text})__EMBED__\"\n")
