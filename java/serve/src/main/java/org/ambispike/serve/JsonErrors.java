package org.ambispike.serve;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** What the HTTP server itself refuses, such as malformed requests, in the form of all other problems. */
final class JsonErrors extends ErrorHandler {
    @Override
    protected void generateResponse(
            Request request, Response response, int code, String message, Throwable cause, Callback callback) {
        Api.send(response, reply(code, message), callback);
    }

    @Override
    public ByteBuffer badMessageError(int status, String reason, HttpFields.Mutable fields) {
        Reply reply = reply(status, reason);
        fields.put(new HttpField(HttpHeader.CONTENT_TYPE, reply.type()));
        return ByteBuffer.wrap(reply.body());
    }

    /** The reason is Jetty's own text for a malformed request; of failures inside nothing is told. */
    private static Reply reply(int code, String reason) {
        String message = HttpStatus.getMessage(code);
        if (HttpStatus.isClientError(code) && reason != null && !reason.equals(message)) {
            message += ": " + reason;
        }
        if (code == HttpStatus.HTTP_VERSION_NOT_SUPPORTED_505 || code == HttpStatus.NOT_IMPLEMENTED_501) {
            return Reply.of(new Problem(Problem.BAD_REQUEST, message)); // the client's fault, not the server's
        }
        return Reply.of(
                code == Problem.UNAVAILABLE ? Problem.busy("the server is stopping") : new Problem(code, message));
    }
}
