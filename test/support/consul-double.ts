/** A quick double of a Consul agent: the endpoints that the client uses, in memory, over real HTTP. */
import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {once} from 'node:events';
import type {ServiceRegistration} from '../../src/consul/client.js';

interface Check {
  readonly id: string;
  status: string;
  output: string;
}

interface Service {
  readonly registration: ServiceRegistration;
  readonly checks: Map<string, Check>;
  maintenance: string | null;
}

const STATUSES = new Set(['passing', 'warning', 'critical']);

export class ConsulDouble {
  readonly services = new Map<string, Service>();
  /** Every request, `PUT /v1/agent/service/register`. */
  readonly requests: string[] = [];
  /** The token that may write; `null`: everybody may. */
  token: string | null = null;
  readonly #server: Server;
  readonly #waiting = new Set<() => void>();
  #index = 1;

  constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  async start(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    for (const wake of this.#waiting) wake();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  /** As a restarted dev agent. */
  forget(): void {
    this.services.clear();
    this.#changed();
  }

  #changed(): void {
    this.#index += 1;
    for (const wake of this.#waiting) wake();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://double');
    const path = decodeURIComponent(url.pathname);
    this.requests.push(`${request.method} ${path}`);
    let text = '';
    for await (const piece of request) text += String(piece);
    const end = (status: number, body: unknown = ''): void => {
      response.writeHead(status, {'x-consul-index': String(this.#index)});
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    };
    const isAllowed = this.token === null || request.headers['x-consul-token'] === this.token;
    if (request.method === 'PUT' && !isAllowed) {
      end(403, 'Permission denied');
      return;
    }
    if (path === '/v1/agent/service/register') {
      const registration = JSON.parse(text) as ServiceRegistration;
      const before = this.services.get(registration.ID);
      this.services.set(registration.ID, {
        registration,
        checks: new Map(
          registration.Checks.map((check) => [check.CheckID, {id: check.CheckID, status: check.Status, output: ''}]),
        ),
        maintenance: before?.maintenance ?? null,
      });
      this.#changed();
      end(200);
      return;
    }
    const [, deregistered] = /^\/v1\/agent\/service\/deregister\/(.+)$/.exec(path) ?? [];
    if (deregistered !== undefined) {
      const isKnown = this.services.delete(deregistered);
      this.#changed();
      isKnown ? end(200) : end(404, `Unknown service ID "${deregistered}"`);
      return;
    }
    const [, updated] = /^\/v1\/agent\/check\/update\/(.+)$/.exec(path) ?? [];
    if (updated !== undefined) {
      const {Status, Output} = JSON.parse(text) as {Status: string; Output: string};
      if (!STATUSES.has(Status)) {
        end(400, 'Invalid check status');
        return;
      }
      const check = [...this.services.values()]
        .map(({checks}) => checks.get(updated))
        .find((each) => each !== undefined);
      if (check === undefined) {
        end(404, `Unknown check ID "${updated}"`);
        return;
      }
      const isChange = check.status !== Status;
      check.status = Status;
      check.output = Output;
      if (isChange) this.#changed();
      end(200);
      return;
    }
    const [, maintained] = /^\/v1\/agent\/service\/maintenance\/(.+)$/.exec(path) ?? [];
    if (maintained !== undefined) {
      const service = this.services.get(maintained);
      if (service === undefined) {
        end(404, `Unknown service ID "${maintained}"`);
        return;
      }
      service.maintenance = url.searchParams.get('enable') === 'true' ? (url.searchParams.get('reason') ?? '') : null;
      this.#changed();
      end(200);
      return;
    }
    if (path === '/v1/agent/services') {
      const [, key = '', value = ''] = /^Meta\["(.+)"\] == "(.*)"$/.exec(url.searchParams.get('filter') ?? '') ?? [];
      const found = [...this.services.values()].filter(({registration}) => registration.Meta[key] === value);
      end(
        200,
        Object.fromEntries(
          (isAllowed ? found : []).map(({registration: {ID, Name, Meta, Address, Port, Tags}}) => [
            ID,
            {ID, Service: Name, Meta, Address, Port, Tags},
          ]),
        ),
      );
      return;
    }
    const [, name] = /^\/v1\/health\/service\/(.+)$/.exec(path) ?? [];
    if (name !== undefined) {
      const seconds = Number(/^(\d+)s$/.exec(url.searchParams.get('wait') ?? '')?.[1] ?? 0);
      if (Number(url.searchParams.get('index') ?? 0) === this.#index) await this.#change(seconds);
      end(200, isAllowed ? this.#health(name) : []);
      return;
    }
    end(404);
  }

  #health(name: string): object[] {
    return [...this.services.values()]
      .filter(({registration}) => registration.Name === name)
      .map(({registration: {ID, Name, Address, Port, Tags, Meta}, checks, maintenance}) => ({
        Node: {Node: 'double', Address: '127.0.0.1'},
        Service: {ID, Service: Name, Address, Port, Tags, Meta},
        Checks: [
          {CheckID: 'serfHealth', Status: 'passing', Output: ''},
          ...[...checks.values()].map(({id, status, output}) => ({CheckID: id, Status: status, Output: output})),
          ...(maintenance === null
            ? []
            : [{CheckID: `_service_maintenance:${ID}`, Status: 'critical', Output: '', Notes: maintenance}]),
        ],
      }));
  }

  async #change(seconds: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, seconds * 1000);
      this.#waiting.add(wake);
    });
  }
}
