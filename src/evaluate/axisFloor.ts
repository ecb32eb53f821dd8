/** Lower end of the accuracy axis: a round value with air below the least bar, 0 where the bars differ much. */
export function axisFloor(values: readonly number[]): number {
  const least = Math.min(1, ...values);
  const air = (1 - least) * 1.5;
  const unit = air > 0.2 ? 0.1 : air > 0.04 ? 0.02 : 0.01;
  const floor = Math.floor((1 - air) / unit + 1e-9) * unit;
  return least < 0.5 ? 0 : Math.max(0, Math.min(0.99, Number(floor.toFixed(2))));
}
