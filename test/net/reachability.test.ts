/**
 * Random networks against graph search: hosts on wires, routers between them, some rules that drop. Whoever the graph
 * says can reach whom must be able to, and nobody else.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cidr, ipv4 } from '../../src/base/address.ts';
import type { NetNamespace } from '../../src/net/namespace.ts';
import { iptables, makeLab, ping } from './support.ts';

interface Plan {
  /** Parent of wire i + 1 in a tree of wires; a router joins the two. */
  readonly parents: readonly number[];
  readonly forwards: readonly boolean[];
  /** Routers that drop what comes from one wire's network. */
  readonly blocks: readonly { readonly router: number; readonly wire: number }[];
}

const plans: fc.Arbitrary<Plan> = fc.integer({ min: 1, max: 5 }).chain((routers) =>
  fc.record({
    parents: fc.tuple(...Array.from({ length: routers }, (_, index) => fc.integer({ min: 0, max: index }))),
    forwards: fc.array(fc.integer({ min: 0, max: 5 }).map((dice) => dice > 0), { minLength: routers, maxLength: routers }),
    blocks: fc.array(fc.record({ router: fc.integer({ min: 0, max: routers - 1 }), wire: fc.integer({ min: 0, max: routers }) }), { maxLength: 2 }),
  }),
);

/** The routers between two wires, in order; the tree has exactly one way. */
function path(plan: Plan, from: number, to: number): readonly number[] {
  const up = (wire: number): readonly number[] => (wire === 0 ? [] : [wire - 1, ...up(plan.parents[wire - 1]!)]);
  const [a, b] = [up(from), up(to)];
  return [...a.filter((router) => !b.includes(router)), ...b.filter((router) => !a.includes(router)).reverse()];
}

/** What the graph says of a ping: the question must pass every router, and so must the answer. */
function expected(plan: Plan, from: number, to: number): 'reply' | 'none' {
  const routers = path(plan, from, to);
  const passes = (router: number) => plan.forwards[router]! && !plan.blocks.some((block) => block.router === router && (block.wire === from || block.wire === to));
  return routers.every(passes) ? 'reply' : 'none';
}

function build(plan: Plan) {
  const lab = makeLab();
  const wires = Array.from({ length: plan.parents.length + 1 }, (_, index) => lab.lan(`wire${index}`, { [`host${index}`]: `10.${index}.0.100/24` }));
  const hosts = wires.map((wire, index) => wire.hosts[`host${index}`]!);
  const routers = plan.parents.map((parent, index): NetNamespace => {
    const router = lab.host(`router${index}`);
    [parent, index + 1].forEach((wire, side) => {
      wires[wire]!.lan.attach(router, `eth${side}`);
      router.devices.setUp(`eth${side}`, true);
      router.addAddress(`eth${side}`, cidr(`10.${wire}.0.${index + 1}/24`));
    });
    if (plan.forwards[index]) router.sysctl.set('net.ipv4.ip_forward', '1');
    return router;
  });
  // Everybody knows the way to every wire: the first router of the path is the gateway.
  wires.forEach((_, from) => {
    wires.forEach((_wire, to) => {
      const [first] = path(plan, from, to);
      if (first !== undefined) hosts[from]!.routes.add({ destination: cidr(`10.${to}.0.0/24`), via: ipv4(`10.${from}.0.${first + 1}`) });
    });
  });
  routers.forEach((router, index) => {
    const near = [plan.parents[index]!, index + 1];
    wires.forEach((_, to) => {
      if (near.includes(to)) return;
      const wire = near.find((candidate) => !path(plan, candidate, to).includes(index))!;
      router.routes.add({ destination: cidr(`10.${to}.0.0/24`), via: ipv4(`10.${wire}.0.${path(plan, wire, to)[0]! + 1}`) });
    });
  });
  for (const { router, wire } of plan.blocks) iptables(routers[router]!, `-A FORWARD -s 10.${wire}.0.0/24 -j DROP`);
  return { lab, hosts };
}

test('who can reach whom is what graph search says', async () => {
  await fc.assert(
    fc.asyncProperty(plans, async (plan) => {
      const { lab, hosts } = build(plan);
      for (let from = 0; from < hosts.length; from++) {
        for (let to = 0; to < hosts.length; to++) {
          lab.trace.length = 0;
          const outcome = await ping(lab, hosts[from]!, `10.${to}.0.100`);
          expect(`${from} > ${to} ${outcome.startsWith('reply') ? 'reply' : 'none'}`, lab.trace.join('\n')).toBe(`${from} > ${to} ${expected(plan, from, to)}`);
          if (outcome.startsWith('reply')) expect(outcome).toBe(`reply from 10.${to}.0.100 ttl ${64 - path(plan, from, to).length}`);
        }
      }
    }),
    { numRuns: 25 },
  );
});
