package io.varve.gateway;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent.RequestContext;
import io.quarkus.security.identity.IdentityProviderManager;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.vertx.http.runtime.QuarkusHttpHeaders;
import io.quarkus.vertx.http.runtime.security.ChallengeData;
import io.quarkus.vertx.http.runtime.security.HttpAuthenticationMechanism;
import io.smallrye.mutiny.Uni;
import io.varve.api.JobDesk;
import io.varve.api.TokenAuthentication;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.util.Optional;

/**
 * Knows whom API Gateway has let through by the signature of their request. That stands beside the
 * request in the event, where only who may call the function itself could put it.
 */
@Singleton
public class IamAuthentication implements HttpAuthenticationMechanism {

  private final JobDesk desk;

  public IamAuthentication(JobDesk desk) {
    this.desk = desk;
  }

  @Override
  public Uni<SecurityIdentity> authenticate(
      RoutingContext context, IdentityProviderManager identities) {
    return Uni.createFrom()
        .optional(
            caller(context)
                .map(
                    arn ->
                        TokenAuthentication.identity(
                            arn, desk.configuration().server().iam().of(arn))));
  }

  private static Optional<String> caller(RoutingContext context) {
    return context.request().headers() instanceof QuarkusHttpHeaders headers
        ? Optional.ofNullable(headers.getContextObjects().get(APIGatewayV2HTTPEvent.class))
            .map(APIGatewayV2HTTPEvent.class::cast)
            .map(APIGatewayV2HTTPEvent::getRequestContext)
            .map(RequestContext::getAuthorizer)
            .map(RequestContext.Authorizer::getIam)
            .map(RequestContext.IAM::getUserArn)
        : Optional.empty();
  }

  /** {@link TokenAuthentication} says what is missing, where nobody is known. */
  @Override
  public Uni<ChallengeData> getChallenge(RoutingContext context) {
    return Uni.createFrom().nullItem();
  }

  @Override
  public int getPriority() {
    return DEFAULT_PRIORITY - 1;
  }
}
