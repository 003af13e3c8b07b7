import {consulContract} from './consul-contract.js';
import {ConsulDouble} from '../support/consul-double.js';

describe('the double of Consul', () => {
  let double: ConsulDouble;
  let url = '';

  before(async () => {
    double = new ConsulDouble();
    url = await double.start();
  });
  after(() => double.close());

  consulContract({
    url: () => url,
    token: () => null,
    forget: () => {
      double.forget();
      return Promise.resolve();
    },
  });
});
