package io.varve.cli;

import picocli.CommandLine.Command;

/** {@code varve remote}: the commands that a server does. */
@Command(
    name = "remote",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "Has varve serve do something, with the sources, targets and settings of its configuration,",
      "and follows the job until it has ended. Ctrl-C only stops to follow it."
    },
    subcommands = {
      RemoteBackupCommand.class,
      RemoteRestoreCommand.class,
      RemoteVerifyCommand.class,
      RemotePruneCommand.class,
      RemoteSyncCommand.class,
      RemoteFollowCommand.class,
      RemoteCancelCommand.class
    },
    footer = {
      "",
      "The token comes from VARVE_TOKEN or --token-file, never from the command line.",
      "",
      "Examples:",
      "  varve remote backup  --server https://varve.example.com --name shop --incremental",
      "  varve remote restore --server https://varve.example.com --name shop --target staging",
      "  varve status         --server https://varve.example.com"
    })
final class RemoteCommand {}
