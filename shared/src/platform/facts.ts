import type { DeviceKind } from '../kernel/actor.ts';
import type { SecurityEvent, SecurityEventName } from './security.ts';

export type PlatformFact =
  | { readonly type: 'platform.organisationCreated' }
  | { readonly type: 'platform.auditPolicyChanged'; readonly recordReads: boolean }
  | { readonly type: 'platform.signInPolicyChanged'; readonly secondFactorRequired: boolean }
  | ({ readonly type: `platform.${SecurityEventName}` } & Omit<SecurityEvent, 'event'>)
  | { readonly type: 'platform.locationOpened' }
  | { readonly type: 'platform.locationChanged' }
  | { readonly type: 'platform.personAdded'; readonly personId: string }
  | { readonly type: 'platform.roleChanged'; readonly roleId: string }
  | { readonly type: 'platform.roleArchived'; readonly roleId: string }
  | { readonly type: 'platform.assignmentChanged'; readonly personId: string; readonly assignmentId: string }
  | { readonly type: 'platform.grantChanged'; readonly personId: string; readonly grantId: string }
  | { readonly type: 'platform.personChanged'; readonly personId: string; readonly active: boolean }
  | { readonly type: 'platform.deviceRegistered'; readonly deviceId: string; readonly kind: DeviceKind }
  | { readonly type: 'platform.deviceChanged'; readonly deviceId: string }
  | { readonly type: 'platform.deviceRevoked'; readonly deviceId: string }
  | { readonly type: 'platform.healthReported'; readonly deviceId: string };
