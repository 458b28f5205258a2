package io.varve.cli;

import io.varve.Version;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** {@code varve}: the commands. */
@Command(
    name = "varve",
    mixinStandardHelpOptions = true,
    versionProvider = VarveCommand.OwnVersion.class,
    description = "Backs up MySQL and MariaDB into S3-compatible storage, and restores, verified.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      BackupCommand.class,
      RestoreCommand.class,
      StatusCommand.class,
      ListCommand.class,
      ShowCommand.class,
      VerifyCommand.class,
      RepairCommand.class,
      DiffCommand.class,
      SyncCommand.class,
      DumpCommand.class,
      WorkCommand.class,
      FinishCommand.class,
      PruneCommand.class,
      ForgetCommand.class,
      HoldCommand.class,
      CheckCommand.class,
      ServeCommand.class,
      RemoteCommand.class,
      GenerateCompletion.class,
      GenerateManCommand.class
    },
    footer = {
      "",
      "Every option is also an environment variable (--part-size: VARVE_PART_SIZE) and a line in the",
      "file that --config names (part-size=32M). Passwords come from VARVE_SOURCE_PASSWORD and",
      "VARVE_TARGET_PASSWORD, --password-file, ~/.my.cnf, or a prompt.",
      "",
      "Exit codes: 0 done; 1 a defect in varve; 2 wrong usage; 3 something has to change first;",
      "4 damage found; 5 try again later; 6 not known whether committed; 7 CONTINUE: call again;",
      "8 status: not all is well; 130 interrupted.",
      "",
      "Examples:",
      "  varve backup  --store s3://bucket/backups --source mysql://backup@db.example.com --name shop",
      "  varve restore --store s3://bucket/backups --target mysql://root@localhost --rename shop=copy",
      "  varve list    --store s3://bucket/backups"
    })
public final class VarveCommand {

  private Charset terminalCharset = StandardCharsets.UTF_8;

  /** What the standard output can show; it is written in UTF-8 all the same. */
  Charset terminalCharset() {
    return terminalCharset;
  }

  /**
   * Runs a command line.
   *
   * @return the exit code
   */
  public static int execute(PrintStream out, PrintStream err, String... args) {
    VarveCommand command = new VarveCommand();
    command.terminalCharset = out.charset();
    CommandLine line = new CommandLine(command);
    line.setOut(new PrintWriter(out, true, StandardCharsets.UTF_8));
    line.setErr(new PrintWriter(err, true, StandardCharsets.UTF_8));
    line.setUsageHelpWidth(100);
    line.setUsageHelpAutoWidth(false);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setExecutionExceptionHandler(new Failures());
    try {
      Defaults defaults = Defaults.of(System.getenv(), args);
      line.setDefaultValueProvider(defaults);
    } catch (io.varve.VarveException e) {
      return Failures.print(e, line.getErr());
    }
    return line.execute(args);
  }

  static final class OwnVersion implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"varve " + Version.current()};
    }
  }
}
