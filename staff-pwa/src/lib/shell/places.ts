import ConciergeBell from '@lucide/svelte/icons/concierge-bell';
import Gauge from '@lucide/svelte/icons/gauge';
import ListOrdered from '@lucide/svelte/icons/list-ordered';
import MessageSquareText from '@lucide/svelte/icons/message-square-text';
import SlidersHorizontal from '@lucide/svelte/icons/sliders-horizontal';
import type { Component } from 'svelte';
import type { Permission } from '@schalter/shared/kernel/permission.ts';

/** The places of the rail, in the order of how often a day leads there. */
export const PLACES = [
  { name: 'counter', icon: ConciergeBell, text: 'placeCounter', permission: 'counter.serve' },
  { name: 'today', icon: ListOrdered, text: 'placeToday', permission: 'ticket.manage' },
  { name: 'overview', icon: Gauge, text: 'placeOverview', permission: 'ticket.manage' },
  { name: 'outbox', icon: MessageSquareText, text: 'placeOutbox', permission: 'ticket.manage' },
  { name: 'setup', icon: SlidersHorizontal, text: 'placeSetup', permission: 'services.set' },
] as const satisfies readonly {
  name: string;
  icon: Component;
  text: string;
  permission: Permission;
}[];

export type Place = (typeof PLACES)[number];
export type PlaceName = Place['name'];
