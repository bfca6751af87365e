import adapter from '@sveltejs/adapter-static';
import { sveltekit } from '@sveltejs/kit/vite';
import { SvelteKitPWA } from '@vite-pwa/sveltekit';
import { defineConfig } from 'vite';

/** Where the server (`npm start`) answers while this app is developed with `vite dev`. */
const SERVER = process.env.SCHALTER_SERVER ?? 'http://localhost:4000';

const shortcut = (name: string, path: string) => ({ name, url: `/staff/${path}` });

export default defineConfig({
  plugins: [
    sveltekit({
      adapter: adapter({ fallback: 'index.html' }),
      paths: { base: '/staff', relative: false },
      serviceWorker: { register: false },
      compilerOptions: { runes: true },
    }),
    SvelteKitPWA({
      base: '/staff/',
      scope: '/staff/',
      // The page decides when a new version is taken: between customers, never under somebody's hands.
      registerType: 'prompt',
      injectRegister: false,
      kit: { adapterFallback: 'index.html', spa: true },
      workbox: {
        navigateFallback: '/staff/index.html',
        navigateFallbackAllowlist: [/^\/staff(\/|$)/],
        globPatterns: ['client/**/*.{js,css,ico,png,svg,woff2,webmanifest}'],
      },
      manifest: {
        id: '/staff/',
        name: 'Schalter',
        short_name: 'Schalter',
        start_url: '/staff/',
        scope: '/staff/',
        display: 'standalone',
        background_color: '#fafaf7',
        theme_color: '#12161c',
        categories: ['business', 'productivity'],
        icons: [
          { src: '/staff/icon-192.png', sizes: '192x192', type: 'image/png' },
          { src: '/staff/icon-512.png', sizes: '512x512', type: 'image/png' },
          { src: '/staff/icon-maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
        ],
        shortcuts: [
          shortcut('Schalter', 'counter'),
          shortcut('Heute', 'today'),
          shortcut('Übersicht', 'overview'),
        ],
      },
    }),
  ],
  server: { proxy: { '/api': SERVER, '/socket.io': { target: SERVER, ws: true } } },
});
