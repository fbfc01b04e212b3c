import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

// The server puts a fresh nonce in this placeholder for every answer (src/Strongroom.Server/Host/ConsoleFiles.cs).
const nonce = '__STRONGROOM_NONCE__';

export default defineConfig({
  plugins: [react()],
  base: '/',
  html: { cspNonce: nonce },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 2000,
    manifest: 'manifest.json',
  },
  server: { proxy: { '/v1': { target: 'https://127.0.0.1:8443', secure: false }, '/healthz': { target: 'https://127.0.0.1:8443', secure: false } } },
  test: { environment: 'node', include: ['src/**/*.test.ts'] },
});
