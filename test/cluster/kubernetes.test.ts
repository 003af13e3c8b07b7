/** The contract of `Cluster` on a real cluster: needs KUBECONFIG with all rights, and the image localhost/busybox:1 on the node. */
import {describeCluster} from '../contract/cluster-contract.js';
import {realStage} from './real-stage.js';

describeCluster(realStage(`frigate-health-contract-${process.pid}`));
