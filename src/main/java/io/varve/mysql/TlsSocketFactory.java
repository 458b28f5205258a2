package io.varve.mysql;

import com.mysql.cj.conf.PropertyDefinitions.SslMode;
import com.mysql.cj.conf.PropertyKey;
import com.mysql.cj.log.Log;
import com.mysql.cj.protocol.ServerSession;
import com.mysql.cj.protocol.SocketConnection;
import com.mysql.cj.protocol.StandardSocketFactory;
import java.io.Closeable;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Agrees on TLS with the authorities and the certificate of {@link TlsMaterial} instead of key
 * stores in files. The driver makes one for each connection, by its name: hence public, and
 * registered for native images.
 */
public final class TlsSocketFactory extends StandardSocketFactory {

  @Override
  // The driver's signature; it takes what it gets for a Socket.
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  public <T extends Closeable> T performTlsHandshake(
      SocketConnection connection, ServerSession session, Log log) throws IOException {
    SslMode mode =
        connection.getPropertySet().<SslMode>getEnumProperty(PropertyKey.sslMode).getValue();
    SSLSocket socket =
        (SSLSocket)
            context(TlsMaterial.of(connection.getPropertySet()), mode)
                .getSocketFactory()
                .createSocket(rawSocket, connection.getHost(), connection.getPort(), true);
    if (mode == SslMode.VERIFY_IDENTITY) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      socket.setSSLParameters(parameters);
    }
    socket.startHandshake();
    sslSocket = socket;
    return (T) socket;
  }

  private static SSLContext context(TlsMaterial material, SslMode mode) throws IOException {
    boolean verifies = mode == SslMode.VERIFY_CA || mode == SslMode.VERIFY_IDENTITY;
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          material.keyManagers(),
          verifies ? material.trustManagers() : new TrustManager[] {new AnyServer()},
          null);
      return context;
    } catch (GeneralSecurityException failed) {
      throw new SSLException("the certificates cannot be used", failed);
    }
  }

  /** Looks at no certificate, as the modes below {@code verify-ca} promise. */
  private static final class AnyServer extends X509ExtendedTrustManager {

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {
      throw new UnsupportedOperationException("this is the client");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {
      throw new UnsupportedOperationException("this is the client");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
      throw new UnsupportedOperationException("this is the client");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
