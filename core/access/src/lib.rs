//! Who may see and do what: people, roles, jurisdictions, second factors, throttles.
