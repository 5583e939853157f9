/**
 * Where the recorded conversations and ours may differ, each with its reason. The recordings were made with kubectl and
 * servers of version 1.36; what a client of another version words otherwise is the client's, not ours.
 *
 * One recording is not here: of admission policies, which are not served.
 */

/** Read the same on both sides before texts are compared. */
export interface AlikeRule {
  readonly pattern: RegExp;
  readonly replacement: string;
  readonly reason: string;
}

export const ALIKE: readonly AlikeRule[] = [
  { pattern: /\bv1\.(?:36\.2|35\.0)\b/g, replacement: '<version>', reason: 'the recorded cluster is of version 1.36.2, the simulated one of 1.35.0' },
  { pattern: /( deleted) from \S+ namespace/g, replacement: '$1', reason: 'kubectl names the namespace of what it deletes since 1.34' },
  { pattern: /(kubelet {3})spec\.(?:initContainers|containers)\{[^}]*\}: /g, replacement: '$1', reason: 'kubectl describe shows the container of an event since 1.35' },
  { pattern: /^(\s+(?:Host )?Port:\s+\S+) \([\w-]+\)$/gm, replacement: '$1', reason: 'kubectl describe shows the names of ports since 1.35' },
  { pattern: /^ *creationTimestamp: null\n|^ *"creationTimestamp": null,\n/gm, replacement: '', reason: 'kubectl before 1.34 printed a creationTimestamp that is not there' },
  { pattern: /\\"creationTimestamp\\":null,/g, replacement: '', reason: 'kubectl before 1.34 printed a creationTimestamp that is not there' },
  { pattern: /^(Duration:\s+)\S+$/gm, replacement: '$1<age>', reason: 'how long a Job took depends on the machine' },
  { pattern: /^--profile=legacy is deprecated .*\n/gm, replacement: '', reason: 'kubectl debug before 1.36 warned of its profile' },
  { pattern: /^Warning: resource \S+ was previously managed with 'kubectl apply'\. Rolling back .*\n/gm, replacement: '', reason: 'kubectl rollout undo warns of what was applied since 1.35' },
  { pattern: /,kyaml,/g, replacement: ',', reason: 'kubectl knows the output format kyaml since 1.34' },
  { pattern: /(is not valid for pod \S+) out of: .*/g, replacement: '$1', reason: 'kubectl lists the containers that there are since 1.34' },
  { pattern: /^error: unrecognized condition: .*/gm, replacement: 'error: unrecognized condition', reason: 'kubectl wait words the refusal of no condition otherwise since 1.34' },
  { pattern: /^Error: ((?:unknown|flag needs|invalid argument) .*)/gm, replacement: 'error: $1', reason: 'kubectl before 1.33 wrote Error with a capital letter' },
  { pattern: /^E<klog> run\.go:\d+\] "command failed" err="(required flag\(s\) )\\"([^"\\]+)\\"( not set)"/gm, replacement: 'error: $1"$2"$3', reason: 'kubectl before 1.33 logged what it did not get' },
  { pattern: /^(\tget|\tset)\n\n/gm, replacement: '$1\n', reason: 'kubectl before 1.33 left a line empty after what it suggests' },
  { pattern: /helpers\.go:\d+\]/g, replacement: 'helpers.go]', reason: 'line numbers of the client differ' },
  { pattern: /^( *metadata:) \{\}$/gm, replacement: '$1', reason: 'what is left of empty metadata without the creationTimestamp that kubectl before 1.34 printed' },
  { pattern: /^ +(?:ConfigMapOptional: +<nil>|Optional: +false)\n/gm, replacement: '', reason: 'kubectl describe words it otherwise since 1.33' },
  { pattern: /(statefulset-controller {3})create /g, replacement: '$1Create ', reason: 'what a StatefulSet did begins with a capital letter since 1.36' },
  { pattern: /^.*\bPulling\b.*kubelet +Pulling image "[^"]*"\n/gm, replacement: '', reason: 'the recorded nodes had every image beforehand' },
  { pattern: /Successfully pulled (image "[^"]*") in \S+ .* bytes\.$/gm, replacement: 'There is $1', reason: 'the recorded nodes had every image beforehand' },
  { pattern: /Container (image "[^"]*") already present on machine and can be accessed by the pod$/gm, replacement: 'There is $1', reason: 'the recorded nodes had every image beforehand' },
  { pattern: /^Namespace: +daemonset\n/gm, replacement: '', reason: 'kubectl describe shows the namespace of a DaemonSet since 1.33' },
];

/** Where a recording's images were such in name only, others stand for them. */
export const IMAGES: Readonly<Record<string, { readonly played: Readonly<Record<string, string>>; readonly reason: string }>> = {
  statefulset: { played: { 'postgres:16': 'nginx:1.27', 'postgres:17': 'nginx:1.28' }, reason: 'the recorded kubelet was hollow; a real postgres ends at once where nobody gives it a password' },
};

/** A step that is run and not compared. */
export interface KnownDifference {
  readonly scenario: string;
  /** How its command begins. */
  readonly command: string;
  readonly reason: string;
}

export const KNOWN: readonly KnownDifference[] = [
  { scenario: 'flag-errors', command: 'kubectl top', reason: 'the help text is the client\'s, and was rewritten in 1.36' },
  { scenario: 'deploy-basics', command: 'kubectl scale deploy nope', reason: 'the client words it otherwise since 1.34' },
  { scenario: 'workload-yaml-all', command: 'kubectl autoscale', reason: 'kubectl knows the flag --cpu since 1.34' },
  { scenario: 'explain-discovery', command: 'kubectl version', reason: 'it prints the version of the client at hand' },
  { scenario: 'explain-discovery', command: 'kubectl api-', reason: 'webhooks, admission policies, flow control and dynamic resources are not served; 1.36 serves mutating admission policies, which 1.35 did not by default' },
  { scenario: 'label-selectors-services', command: 'kubectl get pods -l app=own -o jsonpath', reason: 'the hash of a pod template covers the fields that its version of Kubernetes knows; 1.36 has more than 1.35' },
  { scenario: 'deploy-stuck-rollout', command: 'kubectl rollout status deploy/slow --timeout=2s', reason: 'the clock of the test runs faster than the client' },
  { scenario: 'logs-exec-errors', command: 'kubectl exec two -c zzz', reason: 'the client asks the server since 1.34, before it looked itself' },
  { scenario: 'pod-multi-container', command: 'kubectl exec pair -c missing', reason: 'the client asks the server since 1.34, before it looked itself' },
  { scenario: 'pod-multi-container', command: 'kubectl get pods', reason: 'the recorded kubelet was hollow, and `tail -F` ended in it; a real tail waits for its file, and restarts nothing' },
  { scenario: 'node-describe', command: "kubectl describe node cka-lab-worker | sed", reason: 'the recorded cluster had no network plugin that writes annotations on nodes' },
  { scenario: 'node-describe', command: "kubectl describe node cka-lab-worker2 | grep -A6 '^Conditions'", reason: 'the recorded cluster had no network plugin that reports NetworkUnavailable' },
  { scenario: 'node-describe', command: "kubectl get nodes -o jsonpath='{range .items[*]}{.metadata.name}{\"\\t\"}{range .status.conditions", reason: 'the recorded cluster had no network plugin that reports NetworkUnavailable' },
];
