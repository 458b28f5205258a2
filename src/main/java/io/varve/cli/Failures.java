package io.varve.cli;

import io.varve.ContinueException;
import io.varve.StoppedException;
import io.varve.VarveException;
import io.varve.repository.Json;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** Turns a failure into what is printed, and into the exit code. */
final class Failures implements IExecutionExceptionHandler {

  static final int DEFECT = 1;

  /** What {@code varve status} has found, which is no failure of its own. */
  static final int NOT_WELL = 8;

  static final int INTERRUPTED = 130;

  @Override
  public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) {
    PrintWriter out = command.getOut();
    PrintWriter err = command.getErr();
    if (wantsJson(command) && failure instanceof VarveException known) {
      if (known instanceof ContinueException next) {
        out.println(Json.line(Map.of("state", "CONTINUE", "token", next.token())));
        return print(known, err);
      }
      Map<String, Object> error = new LinkedHashMap<>();
      error.put("class", known.getClass().getSimpleName());
      error.put("doing", known.doing());
      error.put("subject", known.subject());
      error.put("reason", known.reason());
      error.put("hint", known.hint());
      error.put("exitCode", known.exitCode());
      out.println(Json.line(Map.of("error", error)));
    }
    return print(failure, err);
  }

  private static boolean wantsJson(CommandLine command) {
    OptionSpec json = command.getCommandSpec().findOption("--json");
    return json != null && Boolean.TRUE.equals(json.getValue());
  }

  static int print(Exception failure, PrintWriter err) {
    return switch (failure) {
      case ContinueException next -> {
        String token = next.token().isEmpty() ? "" : " " + next.token();
        err.println("CONTINUE" + token + ": " + next.reason());
        err.println("  " + next.hint());
        yield next.exitCode();
      }
      case VarveException known -> {
        err.println(
            "varve: cannot " + known.doing() + " " + known.subject() + ": " + known.reason());
        err.println("  " + known.hint());
        yield known.exitCode();
      }
      case StoppedException stopped -> {
        err.println(
            "varve: interrupted; nothing of this run counts, and the next goes on where it was");
        yield INTERRUPTED;
      }
      default -> {
        err.println("varve: a defect: please report what follows");
        failure.printStackTrace(err);
        yield DEFECT;
      }
    };
  }
}
