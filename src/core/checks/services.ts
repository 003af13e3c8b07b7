/** FRG-801, 802: go2rtc and MQTT, on which Frigate leans. */
import type {Check} from './check.js';
import {go2rtc} from './services/go2rtc.js';
import {mqtt} from './services/mqtt.js';

export const serviceChecks: readonly Check[] = [go2rtc, mqtt];
