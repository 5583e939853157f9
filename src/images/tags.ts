/** Which tags a repository has: versions up to a known last one, with or without a suffix. Pure predicates. */

/** How a repository names its versions. */
export interface VersionTags {
  /** Newest patch of each series: `{ '1.27': 5 }` has 1.27 and 1.27.0 to 1.27.5. */
  readonly series: Readonly<Record<string, number>>;
  /** Major versions that stand alone: `1`. */
  readonly majors?: readonly string[];
  /** Names that are no version: latest, alpine. */
  readonly names?: readonly string[];
  /** What may follow a version after a dash: `alpine`, `alpine3.20`. */
  readonly suffix?: RegExp;
  /** What every version begins with: `v`. */
  readonly prefix?: string;
}

/** @returns a predicate for `ImageRecipe.tags` */
export function versionTags(rule: VersionTags): (tag: string) => boolean {
  return (tag) => {
    if (rule.names?.includes(tag)) return true;
    const prefix = rule.prefix ?? '';
    if (!tag.startsWith(prefix)) return false;
    const [version, ...suffix] = tag.slice(prefix.length).split('-');
    if (suffix.length > 0 && !(rule.suffix && fullMatch(rule.suffix, suffix.join('-')))) return false;
    if (rule.majors?.includes(version!)) return true;
    if (Object.hasOwn(rule.series, version!)) return true;
    const at = version!.lastIndexOf('.');
    const last = rule.series[version!.slice(0, at)];
    const patch = version!.slice(at + 1);
    return at > 0 && last !== undefined && /^(0|[1-9]\d*)$/.test(patch) && Number(patch) <= last;
  };
}

/** Series `<major>.<from>` to `<major>.<to>`, each with patches up to `patches`. */
export function seriesRange(major: string, from: number, to: number, patches: number): Record<string, number> {
  return Object.fromEntries(Array.from({ length: to - from + 1 }, (_, i) => [`${major}.${from + i}`, patches]));
}

const fullMatch = (pattern: RegExp, text: string) => new RegExp(`^(?:${pattern.source})$`).test(text);
