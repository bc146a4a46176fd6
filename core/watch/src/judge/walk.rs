//! The sequential hypothesis test of Jung, Paxson, Berger and Balakrishnan ("Fast Portscan
//! Detection Using Sequential Hypothesis Testing", IEEE S&P 2004), held at zero from below.
//!
//! Each distinct first contact multiplies the likelihood ratio scanner : honest. The paper's walk
//! also ends at a lower bound, which would shield an address that was honest in the morning;
//! here the walk cannot fall below 1, so it asks at every step whether the source *has become* a
//! scanner (Page's cumulative sum of the same ratio).

/// Parameters of the test.
#[derive(Clone, Copy, Debug)]
pub(super) struct Test {
    /// Probability that an honest source's first contact succeeds.
    pub theta0: f64,
    /// Probability that a scanner's does.
    pub theta1: f64,
    /// Tolerated probability of naming an honest source.
    pub alpha: f64,
    /// Wanted probability of naming a scanner.
    pub beta: f64,
}

/// The paper's priors with one false name in 100,000: an office meets 10,000 honest sources a day.
pub(super) const TEST: Test = Test { theta0: 0.8, theta1: 0.2, alpha: 1e-5, beta: 0.99 };

/// One first contact.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Step {
    /// It was answered.
    Answered,
    /// A handshake and nothing more, or a failure at a service that answers everybody else.
    Weak,
    /// It failed.
    Failed,
    /// It went to an address at which nothing lives.
    Dark,
}

impl Test {
    /// Natural logarithm of the factor of a failure.
    #[must_use]
    pub(super) fn failure(&self) -> f64 {
        ((1.0 - self.theta1) / (1.0 - self.theta0)).ln()
    }

    /// Natural logarithm of the factor of a success (negative).
    #[must_use]
    pub(super) fn success(&self) -> f64 {
        (self.theta1 / self.theta0).ln()
    }

    /// Natural logarithm of the ratio at which a source is named a scanner.
    #[must_use]
    pub(super) fn threshold(&self) -> f64 {
        (self.beta / self.alpha).ln()
    }

    fn factor(&self, step: Step) -> f64 {
        match step {
            Step::Answered => self.success(),
            Step::Weak => self.failure() / 2.0,
            Step::Failed => self.failure(),
            // A scanner's success there is impossible, an honest source's visit nearly so.
            Step::Dark => self.failure() * 2.0,
        }
    }

    /// Walks the steps in order; returns how many it took to name a scanner, if it did.
    pub(super) fn walk(&self, steps: impl Iterator<Item = Step>) -> Option<usize> {
        let threshold = self.threshold();
        let mut ratio = 0.0_f64;
        for (taken, step) in steps.enumerate() {
            ratio = (ratio + self.factor(step)).max(0.0);
            if ratio >= threshold {
                return Some(taken + 1);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// (theta0, theta1, alpha, beta) and the net failures needed, computed from the paper's
    /// formulas: ln(beta / alpha) / ln((1 - theta1) / (1 - theta0)), rounded up.
    const VECTORS: [(f64, f64, f64, f64, usize); 5] = [
        (0.8, 0.2, 0.01, 0.99, 4),
        (0.8, 0.2, 1e-5, 0.99, 9),
        (0.8, 0.2, 1e-6, 0.999, 10),
        (0.95, 0.1, 1e-5, 0.99, 4),
        (0.7, 0.3, 0.01, 0.99, 6),
    ];

    #[test]
    fn net_failures_needed() {
        for (theta0, theta1, alpha, beta, needed) in VECTORS {
            let test = Test { theta0, theta1, alpha, beta };
            let failures = |n| std::iter::repeat_n(Step::Failed, n);
            assert_eq!(test.walk(failures(100)), Some(needed));
            assert_eq!(test.walk(failures(needed - 1)), None);
        }
    }

    #[test]
    fn an_honest_morning_does_not_shield() {
        let morning = std::iter::repeat_n(Step::Answered, 1000);
        let evening = std::iter::repeat_n(Step::Failed, 9);
        assert_eq!(TEST.walk(morning.chain(evening)), Some(1009));
    }
}
