package io.varve.mysql;

/** What a restore makes in a schema, each with privileges of its own. */
public enum RestoreWork {
  TABLES,
  /** Tables of engines without transactions, which are emptied to be loaded again. */
  TABLES_WITHOUT_TRANSACTIONS,
  FOREIGN_KEYS,
  VIEWS,
  ROUTINES,
  TRIGGERS,
  EVENTS
}
