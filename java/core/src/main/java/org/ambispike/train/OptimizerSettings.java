package org.ambispike.train;

import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.ambispike.common.Require;
import org.ambispike.graph.ParameterRole;

/**
 * An optimiser and what it trains: a role without settings is frozen.
 *
 * @param method AdamW (Loshchilov and Hutter, 2019), SGD with Nesterov momentum, or Muon (Jordan et al., 2024) for the filters
 *     of convolutions with AdamW for all else
 * @param beta1 first-moment decay, or the momentum of SGD and Muon
 * @param beta2 second-moment decay
 * @param epsilon of AdamW
 * @param gradientNorm largest norm of all trained gradients together; 0 for no limit
 */
public record OptimizerSettings(
        Method method,
        double beta1,
        double beta2,
        double epsilon,
        double gradientNorm,
        Map<ParameterRole, RoleSettings> roles) {
    /** The kinds of optimiser. */
    public enum Method {
        ADAMW,
        SGD,
        MUON
    }

    /** @throws IllegalArgumentException naming what is out of its range */
    public OptimizerSettings {
        Require.shareBelowOne("beta1", beta1);
        Require.shareBelowOne("beta2", beta2);
        Require.above("epsilon", epsilon, 0);
        Require.atLeast("gradientNorm", gradientNorm, 0);
        Map<ParameterRole, RoleSettings> ordered = new EnumMap<>(ParameterRole.class);
        ordered.putAll(roles);
        roles = Collections.unmodifiableMap(ordered);
    }

    public static OptimizerSettings adamW(Map<ParameterRole, RoleSettings> roles) {
        return new OptimizerSettings(Method.ADAMW, 0.9, 0.999, 1e-8, 5, roles);
    }

    /**
     * Returns AdamW for networks that have learnt already: lower rates of thresholds and potentials.
     *
     * @param rate peak learning rate of weights and biases
     */
    public static OptimizerSettings calibrating(double rate) {
        return adamW(Map.of(
                ParameterRole.WEIGHTS, RoleSettings.plain(rate, 0),
                ParameterRole.BIASES, RoleSettings.plain(rate, 0),
                ParameterRole.THRESHOLDS, RoleSettings.relative(1e-2, 0),
                ParameterRole.POTENTIALS, RoleSettings.plain(3e-3, 0)));
    }

    public OptimizerSettings with(Method other) {
        return new OptimizerSettings(other, beta1, beta2, epsilon, gradientNorm, roles);
    }

    public OptimizerSettings withGradientNorm(double other) {
        return new OptimizerSettings(method, beta1, beta2, epsilon, other, roles);
    }

    public Optional<RoleSettings> role(ParameterRole role) {
        return Optional.ofNullable(roles.get(role));
    }

    /** The peak learning rate of the weights, or of whatever is trained where they are frozen. */
    public double learningRate() {
        return role(ParameterRole.WEIGHTS)
                .or(() -> roles.values().stream().findFirst())
                .map(RoleSettings::learningRate)
                .orElse(0.0);
    }

    /** The same with all other roles frozen. */
    public OptimizerSettings only(Set<ParameterRole> kept) {
        Map<ParameterRole, RoleSettings> remaining = new HashMap<>(roles);
        remaining.keySet().retainAll(kept);
        return new OptimizerSettings(method, beta1, beta2, epsilon, gradientNorm, remaining);
    }

    /** The same with every learning rate multiplied. */
    public OptimizerSettings scaled(double factor) {
        Map<ParameterRole, RoleSettings> changed = new HashMap<>(roles);
        changed.replaceAll((role, settings) -> settings.scaled(factor));
        return new OptimizerSettings(method, beta1, beta2, epsilon, gradientNorm, changed);
    }
}
