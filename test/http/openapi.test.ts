import assert from 'node:assert/strict';
import {Validator} from '@seriousme/openapi-schema-validator';
import {openApiDocument} from '../../src/http/openapi.js';
import {ROUTES} from '../../src/http/routes.js';

describe('the OpenAPI document', () => {
  const document = openApiDocument('0.1.0');

  it('is valid OpenAPI 3.1', async () => {
    const validator = new Validator();
    const {valid, errors} = await validator.validate(structuredClone(document));
    assert.ok(valid, JSON.stringify(errors, null, 1));
    assert.equal(validator.version, '3.1');
  });

  it('has every route, and nothing else', () => {
    const paths = document['paths'] as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    assert.deepEqual(
      Object.entries(paths)
        .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`))
        .sort(),
      Object.values(ROUTES)
        .map(({method, path}) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`)
        .sort(),
    );
  });
});
