/** The answers as types, for the views that make them and the page that shows them. */
import type * as z from 'zod';
import type {attempt} from './common.js';
import type * as frigates from './frigates.js';
import type {healthSchema} from './health.js';
import type * as instances from './instances.js';
import type * as quality from './quality.js';

export type ServiceHealth = z.output<typeof healthSchema>;
export type InstanceRow = z.output<typeof instances.instanceSchema>;
export type DiscoveryInfo = z.output<typeof instances.discoveryInfoSchema>;
export type DeepHealth = z.output<typeof quality.deepHealthSchema>;
export type DeepHealthList = z.output<typeof quality.deepHealthListSchema>;
export type FailureType = DeepHealth['failureType'];
export type RecoverBody = z.output<typeof quality.recoverBodySchema>;
export type RecoveryStatus = z.output<typeof quality.recoveryStatusSchema>;
export type Attempt = z.output<typeof attempt>;
export type FrigateRow = z.output<typeof frigates.frigateSchema>;
export type FrigateList = z.output<typeof frigates.frigateListSchema>;
export type FrigateDetail = z.output<typeof frigates.frigateDetailSchema>;
export type History = z.output<typeof frigates.historySchema>;
export type Incident = z.output<typeof frigates.incidentSchema>;
export type FleetIncidentRow = z.output<typeof frigates.fleetIncidentSchema>;
export type IncidentList = z.output<typeof frigates.incidentListSchema>;
export type Change = z.output<typeof frigates.changeSchema>;
export type Tick = z.output<typeof frigates.tickSchema>;
