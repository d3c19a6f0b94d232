// The grammar of Temporal's durations. Without it TypeScript 7 sees every duration as `any`.

declare module 'ms' {
  type Unit =
    | 'ms'
    | 'millisecond'
    | 'milliseconds'
    | 's'
    | 'second'
    | 'seconds'
    | 'm'
    | 'minute'
    | 'minutes'
    | 'h'
    | 'hour'
    | 'hours'
    | 'd'
    | 'day'
    | 'days'
    | 'w'
    | 'week'
    | 'weeks'

  /** A number and its unit, such as `'10 s'` or `'30 days'`. A number without a unit is an error: `'100'` would mean 100 ms. */
  export type StringValue = `${number}${Unit}` | `${number} ${Unit}`
}
