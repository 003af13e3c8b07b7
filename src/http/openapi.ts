/** The OpenAPI 3.1 document, made from the routes and the zod schemas of their bodies and answers. */
import * as z from 'zod';
import {ROUTES, type Route} from './routes.js';
import {components} from './schemas/common.js';
import {problemSchema} from './schemas/problem.js';

type Json = Readonly<Record<string, unknown>>;

const PROBLEM_WORDS: Readonly<Record<number, string>> = {
  400: 'The request is malformed',
  401: 'A valid token is required',
  403: 'Not permitted',
  404: 'Not found',
  409: 'Refused, with the rule, the evidence and the steps that help',
  413: 'The body is larger than 16 KiB',
  415: 'The body is not JSON',
  429: 'Too many requests',
  500: 'A bug: the answer names nothing more',
  503: 'Permissions cannot be checked, or the replica that acts does not answer',
};

const refTo = (schema: z.ZodType): Json => {
  const id = components.get(schema)?.id;
  if (id === undefined) throw new Error('a schema of a route has no name');
  return {$ref: `#/components/schemas/${id}`};
};

const contentOf = (answer: Route['answers'][number]): Json => {
  if (answer === 'application/openapi+json') return {'application/json': {schema: {type: 'object'}}};
  return typeof answer === 'string'
    ? {[answer]: {schema: {type: 'string'}}}
    : {'application/json': {schema: refTo(answer)}};
};

/** The statuses of problem documents that a route can answer. */
export const problemStatuses = ({access, body, method, problems = []}: Route): readonly number[] =>
  [
    ...new Set([
      ...problems,
      500,
      ...(access === 'open' ? [] : [401, 403, 429, 503]),
      ...(method === 'POST' ? [400, 413, 415, 429] : []),
      ...(body === undefined ? [] : [400]),
    ]),
  ].sort();

const PARAMETERS: Readonly<Record<string, Json>> = {
  instanceId: {schema: {type: 'string'}, description: '<namespace>.<name>', example: 'frigate.frigate'},
  namespace: {schema: {type: 'string'}, example: 'frigate'},
  name: {schema: {type: 'string'}, example: 'frigate'},
};

const headersOf = (name: string): readonly Json[] => {
  if (name === 'events')
    return [{name: 'Last-Event-ID', in: 'header', schema: {type: 'string'}, description: 'Go on after this event'}];
  return name === 'recover'
    ? [
        {
          name: 'Idempotency-Key',
          in: 'header',
          schema: {type: 'string', minLength: 1, maxLength: 255},
          description: 'Requests with the same key about one Frigate are one request',
        },
      ]
    : [];
};

const parametersOf = (name: string, {path}: Route): readonly Json[] => [
  ...[...path.matchAll(/:(\w+)/g)].map(([, parameter = '']) => ({
    name: parameter,
    in: 'path',
    required: true,
    ...PARAMETERS[parameter],
  })),
  ...headersOf(name),
];

const operationOf = (name: string, route: Route): Json => {
  const parameters = parametersOf(name, route);
  const problem = {'application/problem+json': {schema: refTo(problemSchema)}};
  const isProblemToo = (status: string): boolean => route.problems?.includes(Number(status)) ?? false;
  const answers = Object.entries(route.answers).map(
    ([status, answer]) =>
      [
        status,
        {description: route.summary, content: {...contentOf(answer), ...(isProblemToo(status) ? problem : {})}},
      ] as const,
  );
  const taken = new Set(answers.map(([status]) => status));
  const problems = problemStatuses(route)
    .map(String)
    .filter((status) => !taken.has(status))
    .map((status) => [status, {description: PROBLEM_WORDS[Number(status)] ?? 'Refused', content: problem}] as const);
  return {
    operationId: name,
    summary: route.summary,
    security: route.access === 'open' ? [] : [{bearer: []}, {basic: []}],
    ...(parameters.length === 0 ? {} : {parameters}),
    ...(route.body === undefined
      ? {}
      : {requestBody: {required: true, content: {'application/json': {schema: refTo(route.body)}}}}),
    responses: Object.fromEntries([...answers, ...problems]),
  };
};

const without = (object: object, ...names: readonly string[]): Json =>
  Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));

/** zod gives each schema an `$id`; in OpenAPI its place is its name. What a client sends may leave out what has a default. */
const schemasOf = (): Json => {
  const {schemas} = z.toJSONSchema(components, {
    uri: (id) => `#/components/schemas/${id}`,
    io: 'input',
    unrepresentable: 'any',
  });
  return Object.fromEntries(
    Object.entries(schemas)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([id, schema]) => [id, without(schema, '$schema', '$id')]),
  );
};

export const openApiDocument = (version: string): Json => {
  const routes: ReadonlyArray<readonly [string, Route]> = Object.entries(ROUTES);
  const byPath = Map.groupBy(routes, ([, {path}]) => path.replaceAll(/:(\w+)/g, '{$1}'));
  return {
    openapi: '3.1.0',
    info: {
      title: 'frigate-health',
      version,
      description:
        'Health, cause and automatic repair of every Frigate on this cluster. Errors are RFC 9457 problem documents. instanceId is <namespace>.<name>.',
      license: {name: 'MIT', identifier: 'MIT'},
    },
    servers: [{url: '/'}],
    paths: Object.fromEntries(
      [...byPath].map(([path, operations]) => [
        path,
        Object.fromEntries(operations.map(([name, route]) => [route.method.toLowerCase(), operationOf(name, route)])),
      ]),
    ),
    components: {
      schemas: schemasOf(),
      securitySchemes: {
        bearer: {type: 'http', scheme: 'bearer'},
        basic: {
          type: 'http',
          scheme: 'basic',
          description: 'For browsers: the token is the password, the user name is free',
        },
      },
    },
  };
};
