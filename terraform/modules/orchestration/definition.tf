# The loop of docs/functions.md: call a function until it no longer says CONTINUE; call again what may pass; tell a person
# of the rest. In JSONPath, which interpreters outside of AWS run too.
#
# The input is {"function": ..., "event": ...}, for several workers with "workers": 4 beside it. What the states keep:
# function, event, workers as in the input; job, its name; step, the function that is called; result, its answer; error.

locals {
  prefix      = one(distinct([for name, arn in var.function_arns : trimsuffix(arn, name)]))
  asked       = [for name in sort(keys(var.function_arns)) : name if !contains(["plan", "work", "finish"], name)]
  has_workers = contains(keys(var.function_arns), "plan")
  most_calls  = 900 + 60 # seconds: longer than any function may take

  # One for each class of error that may pass, with pauses that double. What is not named here is not called again.
  retry = [
    {
      Comment         = "Somebody else is at work, or a server or store is away"
      ErrorEquals     = ["io.varve.RetryLaterException"]
      IntervalSeconds = 30
      MaxDelaySeconds = 600
      MaxAttempts     = var.retries
      JitterStrategy  = "FULL"
    },
    {
      Comment         = "The next call finds out whether the backup was committed"
      ErrorEquals     = ["io.varve.CommitStateUnknownException"]
      IntervalSeconds = 10
      MaxDelaySeconds = 600
      MaxAttempts     = var.retries
    },
    {
      Comment         = "The process ended: its lease runs out within a minute"
      ErrorEquals     = ["Runtime.ExitError", "Sandbox.Timedout", "Lambda.Unknown", "States.Timeout"]
      IntervalSeconds = 60
      MaxDelaySeconds = 600
      MaxAttempts     = 4
    },
    {
      Comment         = "Lambda itself"
      ErrorEquals     = ["Lambda.ServiceException", "Lambda.AWSLambdaException", "Lambda.SdkClientException", "Lambda.TooManyRequestsException", "Lambda.ClientExecutionTimeoutException"]
      IntervalSeconds = 5
      MaxDelaySeconds = 300
      MaxAttempts     = var.retries
      JitterStrategy  = "FULL"
    },
  ]

  call = {
    Type           = "Task"
    Resource       = "arn:aws:states:::lambda:invoke"
    TimeoutSeconds = local.most_calls
    ResultSelector = { "answer.$" = "$.Payload" }
    ResultPath     = "$.result"
    Retry          = local.retry
  }

  # Of what is only told, a failure must not become one of the job.
  telling = {
    Type       = "Task"
    ResultPath = null
    Retry      = [{ ErrorEquals = ["States.ALL"], IntervalSeconds = 2, MaxAttempts = 3 }]
  }

  measured = {
    for outcome in ["Done", "Failed"] : outcome => {
      Namespace = var.metric_namespace
      MetricData = [{
        MetricName = outcome
        Unit       = "Count"
        Value      = 1
        Dimensions = [
          { Name = "Deployment", Value = var.name },
          { Name = "Function", "Value.$" = "$.function" },
          { Name = "Source", "Value.$" = "$.event.source" },
        ]
      }]
    }
  }

  states = {
    Understood = {
      Type = "Choice"
      Choices = [
        { Not = { Variable = "$.function", IsPresent = true }, Next = "NotUnderstood" },
        { Not = { Variable = "$.event.source", IsString = true }, Next = "NotUnderstood" },
        {
          Or   = [for name in local.asked : { Variable = "$.function", StringEquals = name }]
          Next = "Named"
        },
      ]
      Default = "NotUnderstood"
    }
    NotUnderstood = {
      Type       = "Pass"
      Result     = { Error = "io.varve.InvalidRequestException", Cause = "The input must be function, one of ${join(", ", local.asked)}, and event, which has a source." }
      ResultPath = "$.error"
      Next       = "TellFailed"
    }
    Named = {
      Type    = "Choice"
      Choices = [{ Variable = "$.event.job", IsPresent = true, Next = "Job" }]
      Default = "Name"
    }
    Name = {
      Comment    = "An execution is one job, however often a call of it is made again"
      Type       = "Pass"
      InputPath  = "$$.Execution.Name"
      ResultPath = "$.event.job"
      Next       = "Job"
    }
    Job = {
      Type       = "Pass"
      InputPath  = "$.event.job"
      ResultPath = "$.job"
      Next       = local.has_workers ? "ByHowMany" : "Whole"
    }
    Whole = {
      Type       = "Pass"
      InputPath  = "$.function"
      ResultPath = "$.step"
      Next       = "Call"
    }
    Call = merge(local.call, {
      Parameters = {
        "FunctionName.$" = "States.Format('${local.prefix}{}', $.step)"
        "Payload.$"      = "$.event"
      }
      Catch = [{ ErrorEquals = ["States.ALL"], ResultPath = "$.error", Next = "CountFailed" }]
      Next  = "Answered"
    })
    Answered = {
      Type = "Choice"
      Choices = concat(
        [
          { Not = { Variable = "$.result.answer.state", IsPresent = true }, Next = "NotAnswered" },
          { Variable = "$.result.answer.state", StringEquals = "CONTINUE", Next = "Continue" },
        ],
        local.has_workers ? [{
          And  = [{ Variable = "$.result.answer.state", StringEquals = "DONE" }, { Variable = "$.step", StringEquals = "plan" }]
          Next = "Work"
        }] : [],
        [{ Variable = "$.result.answer.state", StringEquals = "DONE", Next = "CountDone" }],
      )
      Default = "NotAnswered"
    }
    Continue = {
      Type       = "Pass"
      InputPath  = "$.result.answer.token"
      ResultPath = "$.event.token"
      Next       = "Call"
    }
    NotAnswered = {
      Type       = "Pass"
      Result     = { Error = "io.varve.function.DefectException", Cause = "The function answered neither DONE nor CONTINUE." }
      ResultPath = "$.error"
      Next       = "CountFailed"
    }
    CountDone = merge(local.telling, {
      Resource   = "arn:aws:states:::aws-sdk:cloudwatch:putMetricData"
      Parameters = local.measured.Done
      Catch      = [{ ErrorEquals = ["States.ALL"], ResultPath = null, Next = var.tell_success ? "TellDone" : "Done" }]
      Next       = var.tell_success ? "TellDone" : "Done"
    })
    Done = {
      Type      = "Pass"
      InputPath = "$.result.answer"
      End       = true
    }
    CountFailed = merge(local.telling, {
      Resource   = "arn:aws:states:::aws-sdk:cloudwatch:putMetricData"
      Parameters = local.measured.Failed
      Catch      = [{ ErrorEquals = ["States.ALL"], ResultPath = null, Next = "WhoseTurn" }]
      Next       = "WhoseTurn"
    })
    WhoseTurn = {
      Type = "Choice"
      Choices = [{
        Or   = [for error in ["io.varve.InvalidRequestException", "io.varve.DamageFoundException"] : { Variable = "$.error.Error", StringEquals = error }]
        Next = "TellPerson"
      }]
      Default = "TellFailed"
    }
    TellPerson = merge(local.tell_failure, { Parameters = merge(local.failure, { Subject = "Varve: a job needs a person" }) })
    TellFailed = merge(local.tell_failure, { Parameters = merge(local.failure, { Subject = "Varve: a job failed" }) })
    Failed = {
      Type      = "Fail"
      ErrorPath = "$.error.Error"
      CausePath = "$.error.Cause"
    }
  }

  tell_failure = merge(local.telling, {
    Resource = "arn:aws:states:::sns:publish"
    Catch    = [{ ErrorEquals = ["States.ALL"], ResultPath = null, Next = "Failed" }]
    Next     = "Failed"
  })

  failure = {
    TopicArn = local.topic_arn
    Message = {
      "error.$"     = "$.error.Error"
      "cause.$"     = "$.error.Cause"
      "input.$"     = "$$.Execution.Input"
      "execution.$" = "$$.Execution.Id"
    }
  }

  # plan, then work side by side, then finish. What a worker has not done finish does, so none of them can fail the job.
  states_of_workers = {
    ByHowMany = {
      Type = "Choice"
      Choices = [{
        And = [
          { Variable = "$.workers", IsPresent = true },
          { Variable = "$.workers", NumericGreaterThan = 1 },
          { Or = [{ Variable = "$.function", StringEquals = "backup" }, { Variable = "$.function", StringEquals = "restore" }] },
        ]
        Next = "Workers"
      }]
      Default = "Whole"
    }
    Workers = {
      Type       = "Pass"
      InputPath  = "$.workers"
      ResultPath = "$.event.workers"
      Next       = "Plan"
    }
    Plan = {
      Type       = "Pass"
      Result     = "plan"
      ResultPath = "$.step"
      Next       = "Call"
    }
    Work = {
      Type                  = "Map"
      ItemsPath             = "$.result.answer.work"
      ItemSelector          = { "event.$" = "$$.Map.Item.Value" }
      MaxConcurrency        = 1000
      ToleratedFailureCount = 1000
      ResultPath            = null
      Catch                 = [{ ErrorEquals = ["States.ALL"], ResultPath = "$.error", Next = "CountFailed" }]
      Next                  = "FinishEvent"
      ItemProcessor = {
        ProcessorConfig = { Mode = "DISTRIBUTED", ExecutionType = "STANDARD" }
        StartAt         = "Share"
        States = {
          Share = merge(local.call, {
            Parameters = { FunctionName = "${local.prefix}work", "Payload.$" = "$.event" }
            Next       = "ShareAnswered"
          })
          ShareAnswered = {
            Type    = "Choice"
            Choices = [{ Variable = "$.result.answer.state", StringEquals = "CONTINUE", Next = "ShareContinue" }]
            Default = "ShareDone"
          }
          ShareContinue = {
            Type       = "Pass"
            InputPath  = "$.result.answer.token"
            ResultPath = "$.event.token"
            Next       = "Share"
          }
          ShareDone = {
            Comment = "Of a thousand answers the sum would be more than Step Functions passes on"
            Type    = "Pass"
            Result  = {}
            End     = true
          }
        }
      }
    }
    FinishEvent = {
      Type       = "Pass"
      InputPath  = "$.result.answer.finish"
      ResultPath = "$.event"
      Next       = "Finish"
    }
    Finish = {
      Type       = "Pass"
      Result     = "finish"
      ResultPath = "$.step"
      Next       = "Call"
    }
  }

  states_of_success = {
    TellDone = merge(local.telling, {
      Resource = "arn:aws:states:::sns:publish"
      Parameters = {
        TopicArn = local.topic_arn
        Subject  = "Varve: a job is done"
        Message = {
          "function.$"  = "$.function"
          "source.$"    = "$.event.source"
          "job.$"       = "$.job"
          "execution.$" = "$$.Execution.Id"
        }
      }
      Catch = [{ ErrorEquals = ["States.ALL"], ResultPath = null, Next = "Done" }]
      Next  = "Done"
    })
  }

  definition = jsonencode({
    Comment        = "Varve: one job, from its first call to its end"
    QueryLanguage  = "JSONPath"
    StartAt        = "Understood"
    TimeoutSeconds = var.timeout_hours * 3600
    States = merge(
      local.states,
      { for name, state in local.states_of_workers : name => state if local.has_workers },
      { for name, state in local.states_of_success : name => state if var.tell_success },
    )
  })
}
