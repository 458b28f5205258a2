package io.varve.store;

import io.varve.InvalidRequestException;
import io.varve.RetryLaterException;
import io.varve.VarveException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;

/** Says in a person's words what a file system refused. */
final class FileFailures {

  private FileFailures() {}

  static VarveException explain(String doing, String subject, IOException failure) {
    String reason = reason(failure);
    if (reason.contains("No space left") || reason.contains("not enough space")) {
      return new InvalidRequestException(
          doing, subject, "the disk is full", "Make room on the disk and run again.", failure);
    }
    if (reason.contains("quota")) {
      return new InvalidRequestException(
          doing, subject, "the disk quota is used up", "Raise the quota or make room.", failure);
    }
    if (failure instanceof AccessDeniedException || reason.contains("Operation not permitted")) {
      return new InvalidRequestException(
          doing,
          subject,
          "permission denied" + where(failure),
          "Let the user that runs varve read and write this folder.",
          failure);
    }
    if (reason.contains("Read-only file system")) {
      return new InvalidRequestException(
          doing,
          subject,
          "the file system is mounted read-only",
          "Mount it writable, or use another folder.",
          failure);
    }
    if (reason.contains("File name too long")) {
      return new InvalidRequestException(
          doing,
          subject,
          "a segment of the name is longer than the file system allows",
          "File systems allow 255 bytes; an S3 store takes longer names.",
          failure);
    }
    return new RetryLaterException(
        doing,
        subject,
        reason.isEmpty() ? failure.getClass().getSimpleName() : reason,
        "Look at the state of the disk or the network mount, and run again.",
        failure);
  }

  private static String reason(IOException failure) {
    String reason =
        failure instanceof FileSystemException fileSystem
            ? fileSystem.getReason()
            : failure.getMessage();
    return reason == null ? "" : reason;
  }

  private static String where(IOException failure) {
    return failure instanceof FileSystemException fileSystem && fileSystem.getFile() != null
        ? " (" + fileSystem.getFile() + ")"
        : "";
  }
}
