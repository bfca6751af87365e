import adapter from '@sveltejs/adapter-static';
import { sveltekit } from '@sveltejs/kit/vite';
import { SvelteKitPWA } from '@vite-pwa/sveltekit';
import { defineConfig } from 'vite';
import { PUSH_WORKER, pushWorkerAsset } from '../scripts/push-worker.ts';
import { manifestOf, otherManifests } from './manifests.ts';

/** Where the server (`npm start`) answers while this app is developed with `vite dev`. */
const SERVER = process.env.SCHALTER_SERVER ?? 'http://localhost:4000';

export default defineConfig({
  plugins: [
    sveltekit({
      adapter: adapter({ fallback: 'index.html' }),
      paths: { base: '/staff', relative: false },
      serviceWorker: { register: false },
      compilerOptions: { runes: true },
    }),
    otherManifests(),
    pushWorkerAsset(),
    SvelteKitPWA({
      base: '/staff/',
      scope: '/staff/',
      // The page decides when a new version is taken: between customers, never under somebody's hands.
      registerType: 'prompt',
      injectRegister: false,
      kit: { adapterFallback: 'index.html', spa: true },
      workbox: {
        // A page that its first worker does not claim would be passed over by every version that follows.
        clientsClaim: true,
        importScripts: [PUSH_WORKER],
        navigateFallback: '/staff/index.html',
        navigateFallbackAllowlist: [/^\/staff(\/|$)/],
        globPatterns: ['client/**/*.{js,css,ico,png,svg,woff2,webmanifest}'],
      },
      manifest: manifestOf('de'),
    }),
  ],
  server: { proxy: { '/api': SERVER, '/socket.io': { target: SERVER, ws: true } } },
});
