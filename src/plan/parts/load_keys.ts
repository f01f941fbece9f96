/**
 * The keys with which one of several scenarios says its load: those of a configuration file, as scenario files spell keys.
 *
 * @module
 */

/** Each with what it means. */
export const LOAD_KEYS = {
  connections: "Connections kept busy; with rate, the maximum that may be opened",
  users: "Simulated users, each with its own connection; needs duration or iterations",
  ramp_up: "Start the users evenly over this time",
  stages: "Numbers of users that change over time: 30s@50,1m@200,30s@0",
  rate: "Iterations started per second, however slow the server is: 50, 30/m",
  arrivals: "How rate spaces iterations: constant, poisson or uniform",
  rate_ramp: "Change linearly from rate to this rate over the duration",
  traffic_profile: "Curve of the rate, such as stages:10s@100,1m@500",
  duration: "How long it lasts, from its own start; 10s if neither this nor an amount is given",
  iterations: "Stop after this many passes",
  num_requests: "Stop after this many requests",
} as const;

/** One of them. */
export type LoadKey = keyof typeof LOAD_KEYS;

/** A load as a file or module says it: the texts and numbers of its keys. */
export type GivenLoad = Readonly<Partial<Record<LoadKey, string | number>>>;
