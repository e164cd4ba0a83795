/// OCI
