import adapter from '@sveltejs/adapter-static';
import { sveltekit } from '@sveltejs/kit/vite';
import { SvelteKitPWA } from '@vite-pwa/sveltekit';
import { defineConfig } from 'vite';

/** Where the server (`npm start`) answers while this app is developed with `vite dev`. */
const SERVER = process.env.SCHALTER_SERVER ?? 'http://localhost:4000';

export default defineConfig({
  plugins: [
    sveltekit({
      adapter: adapter({ fallback: 'index.html' }),
      paths: { base: '/display', relative: false },
      serviceWorker: { register: false },
      compilerOptions: { runes: true },
    }),
    SvelteKitPWA({
      base: '/display/',
      scope: '/display/',
      // The wall decides when a new version is taken: between calls.
      registerType: 'prompt',
      injectRegister: false,
      kit: { adapterFallback: 'index.html', spa: true },
      workbox: {
        // A page that its first worker does not claim would be passed over by every version that follows.
        clientsClaim: true,
        navigateFallback: '/display/index.html',
        navigateFallbackAllowlist: [/^\/display(\/|$)/],
        globPatterns: ['client/**/*.{js,css,png,svg,woff2,webmanifest}'],
      },
      manifest: {
        id: '/display/',
        name: 'Schalter Anzeige',
        short_name: 'Anzeige',
        lang: 'de',
        description: 'Wer dran ist, und wo.',
        start_url: '/display/',
        scope: '/display/',
        display: 'fullscreen',
        display_override: ['fullscreen', 'standalone'],
        background_color: '#0e1116',
        theme_color: '#0e1116',
        icons: [
          { src: '/display/icon-192.png', sizes: '192x192', type: 'image/png' },
          { src: '/display/icon-512.png', sizes: '512x512', type: 'image/png' },
          {
            src: '/display/icon-maskable-512.png',
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
