package io.varve.restore;

import io.varve.mysql.TableName;
import io.varve.restore.RestorePlan.PlannedTable;
import io.varve.restore.TargetVerification.Difference;
import java.util.List;

/**
 * In what a target differs from a backup.
 *
 * @param missing tables that the target lacks, or that this restore has made and not filled yet
 * @param otherwise tables that are defined otherwise on the target
 * @param alike tables whose rows can be compared
 * @param ranges of these, how many were compared
 * @param differences the ranges that differ
 * @param additional tables of the target, in the schemas of the backup, that the backup has not
 */
record TargetDiff(
    List<PlannedTable> missing,
    List<PlannedTable> otherwise,
    List<PlannedTable> alike,
    int ranges,
    List<Difference> differences,
    List<TableName> additional) {

  List<Difference> differencesOf(PlannedTable table) {
    return differences.stream().filter(difference -> difference.check().table() == table).toList();
  }
}
