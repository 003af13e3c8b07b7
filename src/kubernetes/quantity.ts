/** Kubernetes quantities (`500m`, `1Gi`, `1e3`) as plain numbers. */

const FACTORS: ReadonlyMap<string, number> = new Map([
  ['n', 1e-9],
  ['u', 1e-6],
  ['m', 1e-3],
  ['', 1],
  ['k', 1e3],
  ['M', 1e6],
  ['G', 1e9],
  ['T', 1e12],
  ['P', 1e15],
  ['E', 1e18],
  ['Ki', 2 ** 10],
  ['Mi', 2 ** 20],
  ['Gi', 2 ** 30],
  ['Ti', 2 ** 40],
  ['Pi', 2 ** 50],
  ['Ei', 2 ** 60],
]);

const QUANTITY = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d+)|([numkMGTPE]|[KMGTPE]i)?)$/;

/** Cores, bytes or a count; `null` when it is no quantity (k8s.io/apimachinery, resource.Quantity). */
export const parseQuantity = (text: string | number): number | null => {
  if (typeof text === 'number') return Number.isFinite(text) ? text : null;
  const match = QUANTITY.exec(text.trim());
  if (match === null) return null;
  const [, digits = '', exponent, suffix = ''] = match;
  const factor = FACTORS.get(suffix);
  if (factor === undefined) return null;
  // `500m` as 500 / 1000 is exact where 500 × 0.001 is not.
  return exponent !== undefined
    ? Number(`${digits}${exponent}`)
    : factor < 1
      ? Number(digits) / Math.round(1 / factor)
      : Number(digits) * factor;
};
