"""Which process is at the other end of a connection within this machine, as /proc has it."""

import os


def inode(port, peer):
    """Of the socket at `port` that is connected to `peer`, both of 127.0.0.1; None where nobody holds it any more."""
    wanted = (f"0100007F:{port:04X}", f"0100007F:{peer:04X}")
    with open("/proc/net/tcp", encoding="ascii") as table:
        for line in table:
            fields = line.split()
            if (fields[1], fields[2]) == wanted and fields[9] != "0":
                return fields[9]
    return None


def holds(pid, socket):
    """Whether a process has a socket open, by its inode."""
    folder = f"/proc/{pid}/fd"
    try:
        return any(link(f"{folder}/{number}") == f"socket:[{socket}]" for number in os.listdir(folder))
    except OSError:
        return False  # it died


def link(path):
    try:
        return os.readlink(path)
    except OSError:
        return ""  # closed since it was listed
