/** One page for all addresses: everything comes from the device's store and the server's stream. */
export const ssr = false;
export const prerender = false;
/** '/staff/' keeps its slash: without it the address is outside the service worker's scope. */
export const trailingSlash = 'ignore';
