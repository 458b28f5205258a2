package io.varve.backup;

import io.varve.mysql.TableName;
import io.varve.repository.TableEntry;
import java.util.List;
import java.util.Set;

/**
 * What a pass has made.
 *
 * @param tables all that came through, by name
 * @param changed those that DDL changed under the pass; not among the tables
 */
record PassResult(List<TableEntry> tables, Set<TableName> changed) {}
