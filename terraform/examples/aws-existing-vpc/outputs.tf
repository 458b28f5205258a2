output "state_machine_arn" {
  description = "Begins jobs by hand"
  value       = module.varve.state_machine_arn
}

output "location" {
  description = "Address of the repository"
  value       = module.varve.location
}

output "definition" {
  description = "The state machine, as JSON"
  value       = module.varve.definition
}

output "policies" {
  description = "What each role may do, as JSON"
  value       = module.varve.policies
}

output "configuration" {
  description = "The configuration document, as JSON"
  value       = module.varve.configuration
}
