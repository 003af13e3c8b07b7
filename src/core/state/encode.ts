/** The state as the text of its document, never larger than a ConfigMap is promised to be. Reading it is codec.ts. */
import {emptyBaselines} from './baselines.js';
import type {RestartRecord, State} from './state.js';

/** The most that the document may have: a ConfigMap holds 1 MiB, our promise is 64 KiB with the old keys beside it. */
export const LARGEST_DOCUMENT = 60 * 1024;

/** The document as text. Too large a one gives up what protects nothing, in this order, until it fits. */
export const encodeState = (state: State): string => {
  let light = state;
  let document = JSON.stringify(light);
  for (const lighten of lighter) {
    if (byteLength(document) <= LARGEST_DOCUMENT) break;
    light = lighten(light);
    document = JSON.stringify(light);
  }
  return document;
};

const withoutEvidence = (restart: RestartRecord): RestartRecord => {
  const light: {-readonly [Key in keyof RestartRecord]: RestartRecord[Key]} = {...restart};
  delete light.evidence;
  return light;
};

const lighter: ReadonlyArray<(state: State) => State> = [
  (state) => ({...state, decisions: state.decisions.slice(-10)}),
  (state) => ({...state, outbox: state.outbox.filter((entry) => entry.deliveredAt === null)}),
  (state) => ({...state, memory: {...state.memory, lastRates: [], resources: state.memory.resources.slice(-8)}}),
  (state) => ({
    ...state,
    outbox: state.outbox.map((entry) => ({
      ...entry,
      // They stand in `liftedBy` too.
      unblock: [],
      deliveries: entry.deliveries.map((delivery) => ({...delivery, lastError: null})),
      incident: {...entry.incident, faults: []},
      findings: entry.findings.slice(0, 2).map((found) => ({...found, evidence: []})),
    })),
  }),
  (state) => ({
    ...state,
    memory: {
      ...state.memory,
      cameras: [],
      switches: null,
      detectorPids: [],
      resources: [],
      latched: state.memory.latched.slice(-4),
    },
  }),
  (state) => ({
    ...state,
    restarts: state.restarts.map((restart) => ({...withoutEvidence(restart), reason: restart.reason.slice(0, 60)})),
  }),
  (state) => ({...state, outbox: state.outbox.slice(-4)}),
  (state) => ({...state, memory: emptyBaselines}),
];

/** UTF-8 bytes without leaving the pure core: JSON text is counted by its code points. */
const byteLength = (document: string): number => {
  let bytes = 0;
  for (let index = 0; index < document.length; index += 1) {
    const unit = document.charCodeAt(index);
    bytes +=
      unit < 0x80
        ? 1
        : unit < 0x800
          ? 2
          : unit >= 0xd800 && unit < 0xdc00
            ? 4
            : unit >= 0xdc00 && unit < 0xe000
              ? 0
              : 3;
  }
  return bytes;
};
