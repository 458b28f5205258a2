output "state_machine_arn" {
  description = "Begins jobs by hand"
  value       = module.varve.state_machine_arn
}

output "location" {
  description = "Address of the repository"
  value       = module.varve.location
}
