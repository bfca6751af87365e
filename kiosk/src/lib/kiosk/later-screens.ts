/** The screens behind the first one, as one file that is fetched while somebody still reads the first. */
export { default as Contact } from './Contact.svelte';
export { default as Issuing } from './Issuing.svelte';
export { default as Refused } from './Refused.svelte';
export { default as Reservation } from './Reservation.svelte';
export { default as Ticket } from './Ticket.svelte';
