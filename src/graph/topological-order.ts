import type { Node, Value } from './value.ts';

/** All nodes the values depend on, inputs before users. Iterative: graphs are deeper than the call stack allows. */
export function topologicalOrder(outputs: readonly Value[]): Node[] {
  const order: Node[] = [];
  const done = new Set<Node>();
  const stack: { node: Node; next: number }[] = [];
  const visit = (node: Node) => {
    if (done.has(node)) return;
    done.add(node);
    stack.push({ node, next: 0 });
  };
  for (const output of outputs) {
    visit(output.node);
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!;
      const child = top.node.inputs[top.next++];
      if (child) visit(child.node);
      else {
        order.push(top.node);
        stack.pop();
      }
    }
  }
  return order;
}
