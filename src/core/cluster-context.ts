/** How the cluster was reached: what a command that is given to type needs to lead there. */
export type ClusterContext =
  /** With the pod's own service account: no context has a name. */
  | {readonly kind: 'in-cluster'}
  /** By a context of the kubeconfig; its name may be any word, `in-cluster` too. */
  | {readonly kind: 'kubeconfig'; readonly name: string};

/** The name that people read; inside the cluster there is none, and this stands for it. */
export const contextName = (context: ClusterContext): string =>
  context.kind === 'in-cluster' ? 'in-cluster' : context.name;

/** The context of a connection. */
export const contextOf = ({
  context,
  inCluster,
}: {
  readonly context: string;
  readonly inCluster: boolean;
}): ClusterContext => (inCluster ? {kind: 'in-cluster'} : {kind: 'kubeconfig', name: context});
