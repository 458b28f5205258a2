package io.varve.backup;

import io.varve.mysql.TableName;
import io.varve.repository.TableEntry;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a pass has made.
 *
 * @param tables all that came through, by name; none if the time was up before the end
 * @param changed those that DDL changed under the pass; not among the tables
 * @param finished whether every range was kept, or read and stored
 * @param names under which tables were known before
 * @param knownBytes of the rows' text in all parts that were known, to be judged
 * @param work that it took
 */
record PassResult(
    List<TableEntry> tables,
    Set<TableName> changed,
    boolean finished,
    Map<TableName, TableName> names,
    long knownBytes,
    PassWork work) {}
