/** The version that the server says it is: that of the cluster we imitate, built by us. */
import type { VersionInfo } from './routes.ts';

/** What `kubectl version` prints as Server Version. @param gitVersion `v1.35.0` */
export function versionInfo(gitVersion: string): VersionInfo {
  const [major = '', minor = ''] = gitVersion.replace(/^v/, '').split('.');
  return {
    major,
    minor,
    gitVersion,
    // Nobody's commit: this is not that build.
    gitCommit: '0000000000000000000000000000000000000000',
    gitTreeState: 'clean',
    buildDate: '2025-12-17T12:00:00Z',
    goVersion: 'go1.25.5',
    compiler: 'gc',
    platform: 'linux/amd64',
  };
}
