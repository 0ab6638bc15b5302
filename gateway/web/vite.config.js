import { defineConfig } from "vite";

// The page is served under a policy that allows nothing inline and nothing from elsewhere, so no asset becomes a data: URL.
export default defineConfig({
  esbuild: { jsx: "automatic", jsxImportSource: "preact" },
  build: { target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  // A test reads the contract itself.
  server: { fs: { allow: [".", "../../protos"] } },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
