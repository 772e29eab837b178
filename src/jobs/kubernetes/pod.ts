import type { Resources } from '../job.ts';

/** Where pods run and what they see. */
export interface KubernetesOptions {
  /** The command line that made the files, on one line. */
  readonly madeBy: string;
  readonly image: string;
  /** Persistent volume claim with models, data and results. */
  readonly volumeClaim: string;
  /** Where it is seen, and the command runs. */
  readonly mountPath: string;
  readonly namespace?: string | undefined;
}

/** The user of the image, who is not root: the Dockerfile's `node`. */
const user = 1000;

/** Name and labels of an object. */
export const metadataOf = (name: string, { namespace }: Pick<KubernetesOptions, 'namespace'>) => ({
  name,
  ...(namespace !== undefined && { namespace }),
  labels: { 'app.kubernetes.io/name': 'vda', 'app.kubernetes.io/instance': name },
});

/**
 * An argument as it reaches the program: Kubernetes replaces `$(NAME)` in arguments by variables, and takes `$$` for a dollar.
 *
 * Source: "expand" of k8s.io/kubernetes third_party/forked/golang/expansion; the field `args` in the API reference of Container
 */
export const literal = (argument: string): string => argument.replaceAll('$', '$$$$');

/** The value of a field of the pod, as a variable of its container. */
export const fieldVariable = (name: string, fieldPath: string) => ({
  name,
  valueFrom: { fieldRef: { fieldPath } },
});

/** One container, `vda`, with the volume; what it keeps of the hub stays on the volume. */
export const containerOf = (
  { image, mountPath }: KubernetesOptions,
  p: {
    readonly command: readonly string[];
    readonly args: readonly string[];
    readonly env?: readonly object[];
    /** Of the whole pod. */
    readonly resources: Pick<Resources, 'cpus' | 'memory'>;
  },
) => {
  const amounts = {
    ...(p.resources.cpus !== undefined && { cpu: String(p.resources.cpus) }),
    ...(p.resources.memory !== undefined && { memory: `${p.resources.memory}i` }),
  };
  return {
    name: 'vda',
    image,
    workingDir: mountPath,
    command: p.command,
    args: p.args,
    env: [{ name: 'HF_HOME', value: `${mountPath}/.cache/huggingface` }, ...(p.env ?? [])],
    ...(Object.keys(amounts).length > 0 && { resources: { requests: amounts, limits: amounts } }),
    volumeMounts: [{ name: 'work', mountPath }],
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
  };
};

/** A pod of one container, as no root, with the volume. */
export const podSpecOf = (
  { volumeClaim }: KubernetesOptions,
  p: { readonly container: object; readonly seconds?: number | undefined },
) => ({
  automountServiceAccountToken: false,
  ...(p.seconds !== undefined && { activeDeadlineSeconds: p.seconds }),
  // vda finishes the text it is at, keeps what is done and lets go of its folder.
  terminationGracePeriodSeconds: 120,
  securityContext: {
    runAsNonRoot: true,
    runAsUser: user,
    runAsGroup: user,
    fsGroup: user,
    fsGroupChangePolicy: 'OnRootMismatch',
    seccompProfile: { type: 'RuntimeDefault' },
  },
  containers: [p.container],
  volumes: [{ name: 'work', persistentVolumeClaim: { claimName: volumeClaim } }],
});
