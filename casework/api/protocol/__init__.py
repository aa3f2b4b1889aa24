"""What every route goes through: tokens, bodies, answers, errors, scopes, the OpenAPI document."""
