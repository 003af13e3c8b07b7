/** The contract of `Cluster` on the simulated API server: what holds on a real cluster holds here, so that tests on the simulator mean something. */
import {describeCluster} from './cluster-contract.js';
import {simulatorStage} from './simulator-stage.js';

describeCluster(simulatorStage());
