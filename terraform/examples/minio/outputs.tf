output "location" {
  description = "Address of the repository, as Varve takes it"
  value       = module.store.location
}

output "access_keys" {
  description = "Secret keys of the users, by their names, which are the access keys"
  value       = module.store.access_keys
  sensitive   = true
}
