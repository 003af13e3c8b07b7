/** Rows of the collection that cannot be played as an observation over time, and why. */
import type {NotPlayed} from './incident.js';

export const notPlayed: readonly NotPlayed[] = [
  {
    row: '7',
    sources: '#8552',
    what: 'a USB bus that is reset; a new cable helped for a day',
    because: 'the only evidence stands in the kernel log of the host, which this tool does not read',
  },
  {
    row: '89',
    sources: 'blakeblackshear/frigate-hass-integration#700',
    what: 'two instances with one MQTT client id',
    because: "the evidence is the broker's own log; on the side of Frigate it is row 87",
  },
  {
    row: '93',
    sources: 'homeiac/home, 2026-02-21',
    what: 'a helper beside Frigate restarted 1,922 times unnoticed',
    because: 'another workload: this tool looks at one workload only',
  },
  {
    row: '95',
    sources: 'homeiac/home, RCA 2026-01-06',
    what: 'bugs of the old checker itself',
    because: 'no outage of Frigate; each of them is a row of the table in test/proofs/old-faults',
  },
  {
    row: '97',
    sources: 'rwlove/home-ops',
    what: 'an alert rule that can never fire, because a container was renamed',
    because:
      "no outage of Frigate but of a monitoring rule; that Frigate's container is found under any name is test/kubernetes/discovery",
  },
  {
    row: '101',
    sources: 'sergiobaiao/frigate_manager',
    what: 'a tool that scrapes screens',
    because: 'no incident: a wish for debouncing, which rows 45 and 47 play',
  },
  {
    row: '107',
    sources: 'nachtschatt3n/cberg-home-nextgen',
    what: 'Home Assistant shows cameras as unavailable while Frigate works: a retained MQTT message',
    because:
      "the evidence is the broker's retained message, which this tool does not read; Frigate itself is healthy, and nothing is done",
  },
  {
    row: '119',
    sources: '#24142, #24146, discussion #23883',
    what: 'in which versions detectors die in silence, and what the garbage value means',
    because:
      'no incident: a statement about versions, held by test/core/checks/detectors (an inference of hours is unknown)',
  },
];
