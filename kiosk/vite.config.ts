import adapter from '@sveltejs/adapter-static';
import { sveltekit } from '@sveltejs/kit/vite';
import { SvelteKitPWA } from '@vite-pwa/sveltekit';
import { defineConfig } from 'vite';
import { pushWorkerAsset } from '../scripts/push-worker.ts';

/** Where the server (`npm start`) answers while this app is developed with `vite dev`. */
const SERVER = process.env.SCHALTER_SERVER ?? 'http://localhost:4000';

export default defineConfig({
  plugins: [
    sveltekit({
      adapter: adapter({ fallback: 'index.html' }),
      paths: { base: '/kiosk', relative: false },
      serviceWorker: { register: false },
      compilerOptions: { runes: true },
    }),
    pushWorkerAsset(),
    SvelteKitPWA({
      base: '/kiosk/',
      scope: '/kiosk/',
      // The kiosk decides when a new version is taken: while nobody stands in front of it.
      registerType: 'prompt',
      injectRegister: false,
      kit: { adapterFallback: 'index.html', spa: true },
      workbox: {
        // A page that its first worker does not claim would be passed over by every version that follows.
        clientsClaim: true,
        navigateFallback: '/kiosk/index.html',
        navigateFallbackAllowlist: [/^\/kiosk(\/|$)/],
        globPatterns: ['client/**/*.{js,css,ico,png,svg,woff2,webmanifest}'],
      },
      manifest: {
        id: '/kiosk/',
        name: 'Schalter Kiosk',
        short_name: 'Kiosk',
        lang: 'de',
        description: 'Nummer ziehen, einchecken, helfen lassen.',
        start_url: '/kiosk/',
        scope: '/kiosk/',
        display: 'fullscreen',
        display_override: ['fullscreen', 'standalone'],
        background_color: '#fafaf7',
        theme_color: '#fafaf7',
        icons: [
          { src: '/kiosk/icon-192.png', sizes: '192x192', type: 'image/png' },
          { src: '/kiosk/icon-512.png', sizes: '512x512', type: 'image/png' },
          {
            src: '/kiosk/icon-maskable-512.png',
            sizes: '512x512',
            type: 'image/png',
            purpose: 'maskable',
          },
        ],
      },
    }),
  ],
  server: { proxy: { '/api': SERVER, '/socket.io': { target: SERVER, ws: true } } },
});
