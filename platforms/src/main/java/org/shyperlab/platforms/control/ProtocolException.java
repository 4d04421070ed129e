package org.shyperlab.platforms.control;

/** A message breaks a rule of docs/control.md. The text names the rule; the connection goes on. */
public final class ProtocolException extends Exception {
    private static final long serialVersionUID = 1L;

    ProtocolException(String rule) {
        super(rule);
    }
}
