// What the engine counts.

/** Things counted, never dropped in silence. */
export interface EngineCounters {
  /** Announcements, withdrawals and RIB entries of registered and related prefixes. */
  applied: number;
  late: number;
  unknownOrigin: number;
}
